//! Widgets that know no report and no state; what they show comes in through their properties. Panels of the product
//! are in `views`.

pub mod checks;
pub mod combo_field;
pub mod copy_button;
pub mod date_time;
pub mod dialog;
pub mod icon;
pub mod menu;
pub mod notice_box;
pub mod outcome_badge;
pub mod segmented;
pub mod size_observer;
pub mod tabs;
pub mod text_field;
pub mod track;
pub mod value;
pub mod virtual_list;
